/** A small tape, the operations on it, and the optimiser. */
module dev.panacea.autograd {
    requires transitive dev.panacea.kernels;

    exports dev.panacea.autograd;
    exports dev.panacea.autograd.operations;
}
