"""The functions that programs call, a file each."""
