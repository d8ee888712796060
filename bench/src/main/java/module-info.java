/** Benchmarks of kernels and of whole training steps. */
module dev.panacea.bench {
    requires dev.panacea;
    requires jmh.core;
}
