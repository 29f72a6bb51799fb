"""Shows what a stack runs: images, tasks, secrets by name, log groups, URLs and alarms."""
