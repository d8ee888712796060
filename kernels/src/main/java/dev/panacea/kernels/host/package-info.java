/** What the host twins share: checked operands, fixed cuts of the work, vectors over native memory. */
package dev.panacea.kernels.host;
