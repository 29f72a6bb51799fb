"""Re-encrypts the values of declared columns with the current key while the application is running."""
