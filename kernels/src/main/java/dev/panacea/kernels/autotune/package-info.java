/** Choices between ways that agree to rounding: measured once, and kept. */
package dev.panacea.kernels.autotune;
