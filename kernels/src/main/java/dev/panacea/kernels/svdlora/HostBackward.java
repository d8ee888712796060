package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.kernels.svdlora.HostFactorGradient.Part;
import dev.panacea.runtime.Buffer;
import java.util.ArrayList;
import java.util.List;

/** What the layers of a group read together in a backward on the CPU: x, rounded once, for dV of all by one product. */
final class HostBackward {
    private final SvdLoraGroup group;
    private final ProductOperands operands;
    private final Buffer roundedX;
    private final int ranks;
    // G ⊙ d of all (rows, ranks), as operands
    private final Buffer narrow;

    HostBackward(SvdLoraGroup group, ProductOperands operands) {
        this.group = group;
        this.operands = operands;
        roundedX = operands.roomFor("x", group.x(), (long) group.rows() * group.inputs());
        ranks = group.ranks();
        narrow = operands.room("(dy·U) ⊙ d of all", (long) group.rows() * ranks);
    }

    /** Rounds x of a block and puts G ⊙ d of its layers side by side. */
    void join(RowBlock block, List<Buffer> scaledGradients) {
        operands.roundInto(block.elements(group.inputs()), block.of(group.inputs(), group.x()), block.of(group.inputs(), roundedX));
        int at = 0;
        for (int i = 0; i < scaledGradients.size(); i++) {
            int rank = group.members().get(i).rank();
            HostForward.paste(block, rank, scaledGradients.get(i), at, ranks, narrow);
            at += rank;
        }
    }

    /** dV of every layer += xᵀ·(G ⊙ d), after every block. */
    void right(HostFactorGradient factors, List<SvdLoraGroup.Gradients> gradients) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < gradients.size(); i++) {
            parts.add(new Part(group.members().get(i).rank(), gradients.get(i).right()));
        }
        factors.add("dVᵀ", group.inputs(), roundedX, narrow, parts);
    }
}
