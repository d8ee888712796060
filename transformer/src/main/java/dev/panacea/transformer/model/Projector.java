package dev.panacea.transformer.model;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.autograd.operations.LinearProjection;
import dev.panacea.transformer.adapter.Projection;

/** How a block's linear layers are run: bare, or with an adapter at some preference. */
@FunctionalInterface
public interface Projector {

    /** The base model: the reference policy of DPO, and what pretraining trains. */
    Projector BASE = (tape, layer, projection, x, weight) -> LinearProjection.apply(tape, x, weight);

    /** x (rows, inputs) to (rows, outputs) through one of the seven matrices of a layer, W (outputs, inputs). */
    Tensor project(Tape tape, int layer, Projection projection, Tensor x, Tensor weight);
}
