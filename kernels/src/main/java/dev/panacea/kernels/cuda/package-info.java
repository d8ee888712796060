/** What every CUDA twin needs before its launches: checked operands, loaded kernels, the width of accesses, the grid of a product. */
package dev.panacea.kernels.cuda;
