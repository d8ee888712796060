/** Every compute kernel, one package an operation: its contract, and a twin for each kind of device. */
module dev.panacea.kernels {
    requires transitive dev.panacea.runtime;
    requires jdk.incubator.vector;

    exports dev.panacea.kernels;
    exports dev.panacea.kernels.activation;
    exports dev.panacea.kernels.attention;
    exports dev.panacea.kernels.cache;
    exports dev.panacea.kernels.elementwise;
    exports dev.panacea.kernels.embedding;
    exports dev.panacea.kernels.linear;
    exports dev.panacea.kernels.logprob;
    exports dev.panacea.kernels.norm;
    exports dev.panacea.kernels.optimizer;
    exports dev.panacea.kernels.preference;
    exports dev.panacea.kernels.rotary;
    exports dev.panacea.kernels.sampling;
    exports dev.panacea.kernels.svdlora;
}
