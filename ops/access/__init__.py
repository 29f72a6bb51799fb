"""Access to what runs, with the permissions of an administrator: logs, one-off tasks, shells, tunnels."""
