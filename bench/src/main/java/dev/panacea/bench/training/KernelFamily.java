package dev.panacea.bench.training;

import dev.panacea.autograd.Recomputation;
import dev.panacea.transformer.adapter.AdapterPlan;
import java.util.Arrays;
import java.util.List;

/** Kernels of one purpose, found by how their names begin, and the least that a step asks of them. */
enum KernelFamily {
    PRODUCTS("products of blocks and adapters", "svdlora_", "linear_") {
        @Override
        double flops(StepShape shape, StepFlops flops) {
            return flops.frozen() + flops.adapters() + flops.recomputed() - again(shape) * flops.attentionForward();
        }
    },
    ATTENTION_FORWARD("attention, forward", "attention_forward") {
        @Override
        double flops(StepShape shape, StepFlops flops) {
            return flops.attentionForward() * (1 + again(shape));
        }
    },
    ATTENTION_BACKWARD("attention, backward", "attention_backward") {
        @Override
        double flops(StepShape shape, StepFlops flops) {
            return flops.attentionBackward();
        }
    },
    LOG_PROBABILITIES("head and log-probabilities", "log_prob_") {
        @Override
        double flops(StepShape shape, StepFlops flops) {
            return flops.head();
        }
    },
    // a norm reads and writes a row; the one behind the residual reads and writes two; backward as much and the row that was normalised
    NORMS("norms", "rms_norm_", "sum_of_partials") {
        @Override
        double bytes(StepShape shape, AdapterPlan adapter) {
            double forward = 6.0 * (1 + madeAgain(shape));
            return shape.config().layers() * (forward + 8) * row(shape);
        }
    },
    GATES("SwiGLU", "swiglu_") {
        @Override
        double bytes(StepShape shape, AdapterPlan adapter) {
            return shape.config().layers() * (3.0 * (1 + madeAgain(shape)) + 5) * HALF * shape.rows() * shape.config().intermediateSize();
        }
    },
    ROTATIONS("RoPE", "rotary_") {
        @Override
        double bytes(StepShape shape, AdapterPlan adapter) {
            return shape.config().layers() * 2.0 * (2 + again(shape)) * HALF * shape.rows()
                * (shape.config().queryWidth() + shape.config().kvWidth());
        }
    },
    SUMS("sums, casts, copies and fills", "add_", "cast_", "fill", "sum_of_squares_") {
        @Override
        double bytes(StepShape shape, AdapterPlan adapter) {
            return shape.config().layers() * 3.0 * (1 + again(shape)) * row(shape);
        }
    },
    EMBEDDING("embedding", "embedding_") {
        @Override
        double bytes(StepShape shape, AdapterPlan adapter) {
            return 2 * row(shape);
        }
    },
    // the gradient read for its norm; then it, master and moments read, those three and the copy written
    OPTIMISER("AdamW and the gradient's norm", "adamw_", "gradient_norm") {
        @Override
        double bytes(StepShape shape, AdapterPlan adapter) {
            return 34.0 * adapter.parameterCount();
        }
    },
    LOSSES("losses", "sequence_sum", "preference_loss_", "likelihood_loss_"),
    OTHERS("others", "");

    private static final double HALF = 2;

    private final String title;
    private final List<String> beginnings;

    KernelFamily(String title, String... beginnings) {
        this.title = title;
        this.beginnings = List.of(beginnings);
    }

    /** That of a kernel's name. */
    static KernelFamily of(String kernel) {
        return Arrays.stream(values()).filter(family -> family.beginnings.stream().anyMatch(kernel::startsWith)).findFirst().orElse(OTHERS);
    }

    /** Operations of a step. */
    double flops(StepShape shape, StepFlops flops) {
        return 0;
    }

    /** Bytes that a step has to move through these kernels; 0 where arithmetic takes longer. */
    double bytes(StepShape shape, AdapterPlan adapter) {
        return 0;
    }

    /** How often the forward of blocks is done again. */
    private static int again(StepShape shape) {
        return shape.recomputation() == Recomputation.FULL ? 1 : 0;
    }

    /** How often what costs little is made again. */
    private static int madeAgain(StepShape shape) {
        return shape.recomputation() == Recomputation.OFF ? 0 : 1;
    }

    private static double row(StepShape shape) {
        return HALF * shape.rows() * shape.config().hiddenSize();
    }

    @Override
    public String toString() {
        return title;
    }
}
