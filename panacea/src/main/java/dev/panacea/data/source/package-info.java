/** Readers of what preference data comes as: public sets and general forms, in JSON, JSON lines (gzip too) and Arrow. */
package dev.panacea.data.source;
