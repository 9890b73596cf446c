"""One file a section of config.yaml: the form it is written in, the setting it becomes, and the way from one to the other."""
