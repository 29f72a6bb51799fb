"""What errors of AWS and of PostgreSQL mean, what to do, and the exit codes of commands for them."""
