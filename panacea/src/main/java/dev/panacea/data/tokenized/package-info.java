/** Preference data as token ids: made once with a tokenizer, kept in Arrow, read from mapped memory while training. */
package dev.panacea.data.tokenized;
