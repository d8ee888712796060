/** What every CUDA twin needs before its launches: checked operands, and a stand-in for families that have none. */
package dev.panacea.kernels.cuda;
