/** Native worlds and memory: dtypes, buffers, scopes, the host device, threads and BLAS, CUDA and the simulated GPU. */
module dev.panacea.runtime {
    requires jcublas;
    requires jcuda;
    requires jdk.incubator.vector;

    exports dev.panacea.runtime;
    exports dev.panacea.runtime.cuda;
    exports dev.panacea.runtime.simulator;
    exports dev.panacea.runtime.simulator.checks;
    exports dev.panacea.runtime.simulator.observation;
    exports dev.panacea.runtime.bindings to dev.panacea.kernels, dev.panacea.transformer, dev.panacea;
}
