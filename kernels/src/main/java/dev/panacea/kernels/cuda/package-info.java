/** What every CUDA twin needs before its launches: checked operands, loaded kernels, the width of accesses; and who stands in for none. */
package dev.panacea.kernels.cuda;
