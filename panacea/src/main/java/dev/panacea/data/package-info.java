/** Preference data: pairs judged in several dimensions, demonstrations, how they are split, batched and shown. */
package dev.panacea.data;
