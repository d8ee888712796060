package dev.panacea.transformer.model;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.autograd.operations.LinearProjection;
import dev.panacea.transformer.adapter.Projection;
import java.util.List;

/** How a block's linear layers are run: bare, or with an adapter at some preference. */
@FunctionalInterface
public interface Projector {

    /** The base model: the reference policy of DPO, and what pretraining trains. */
    Projector BASE = (tape, layer, weights, projections, x) ->
        projections.stream().map(projection -> LinearProjection.apply(tape, x, weights.matrix(projection))).toList();

    /** x (rows, inputs) through matrices of a layer that all read it, each to (rows, outputs). */
    List<Tensor> project(Tape tape, int layer, LlamaTensors.Layer weights, List<Projection> projections, Tensor x);

    /** x (rows, inputs) to (rows, outputs) through one of the seven matrices of a layer. */
    default Tensor project(Tape tape, int layer, LlamaTensors.Layer weights, Projection projection, Tensor x) {
        return project(tape, layer, weights, List.of(projection), x).getFirst();
    }
}
