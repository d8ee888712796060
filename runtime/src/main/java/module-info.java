/** Native worlds and memory: dtypes, buffers, scopes, the host device, threads and BLAS. */
module dev.panacea.runtime {
    exports dev.panacea.runtime;
    exports dev.panacea.runtime.bindings to dev.panacea.transformer, dev.panacea;
}
