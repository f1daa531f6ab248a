"""What every floor above stands on: errors, files, numbers and texts as they are written."""
