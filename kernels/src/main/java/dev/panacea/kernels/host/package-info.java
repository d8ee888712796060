/** What every host twin needs before its loops: checked operands and a fixed cut of the work. */
package dev.panacea.kernels.host;
