"""Looking up a quote: where its words, or words that mean the same, were said."""
