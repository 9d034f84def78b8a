"""Files that people send to stay: photos of levels, rules and rewards, named by their content and kept for each tenant apart."""
