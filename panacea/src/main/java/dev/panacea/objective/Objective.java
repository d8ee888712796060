package dev.panacea.objective;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.Projector;
import dev.panacea.transformer.model.RowProjector;
import java.util.List;

/**
 * What is minimised in each preference dimension. A data set's items (pairs, demonstrations) give losses, and the loss of
 * dimension i over a batch is {@code L_i = Σ loss(item, i) / Σ weight(item, i)}.
 */
public sealed interface Objective permits DpoObjective, SftObjective {

    /** The same objective of other weights, for example with an adapter merged in; a reference policy stays. */
    Objective on(LlamaModel other);

    /** The same objective of a model that computes nothing: a reference's log-probabilities are zeros. */
    Objective onPaper(LlamaModel model);

    /** Names of the m dimensions. */
    List<String> dimensions();

    int items();

    /** What an item is called in messages. */
    String name(int item);

    /** Tokens that a forward pass over the item reads. */
    int tokens(int item);

    /** Of {@link #tokens}, those that are asked for their next token. */
    int askedTokens(int item);

    /** The item's share in the mean of a dimension; 0 where the dimension does not judge it. */
    double weight(int item, int dimension);

    /** What a forward pass over some items needs of the host, its owners being the items in their order. For any thread. */
    HostPass pass(int[] items);

    /**
     * Losses of a pass's items. It reads nothing of the host but the pass's shape, and waits for nothing.
     *
     * @param pass made from what {@link #pass} gave
     * @param recomputation what of a block the backward computes again
     * @return (items, m)
     */
    Tensor losses(Tape tape, Pass pass, Projector projector, Recomputation recomputation);

    /** Losses of some items under the policy that {@code policy} makes, their data being brought to the device first. */
    default Tensor losses(Tape tape, int[] items, RowProjector policy, Recomputation recomputation) {
        HostPass host = pass(items);
        return losses(tape, host.on(tape.scope()), policy.forRows(tape, host.ownerOfRow()), recomputation);
    }
}
