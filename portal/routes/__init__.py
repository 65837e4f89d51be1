"""What the portal answers, a file for each subject."""
