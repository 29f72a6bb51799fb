"""``ops show``: what a stack runs, with images, tasks, secrets by name, log groups, URLs and alarms."""
