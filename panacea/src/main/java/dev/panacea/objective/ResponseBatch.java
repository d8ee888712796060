package dev.panacea.objective;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.logprob.LinearLogProb;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.Projector;
import dev.panacea.transformer.model.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prompts with their responses, packed. Row t of a sequence reads its token t and is asked for token t + 1, when that belongs
 * to the response; a sequence's last token is asked for but never read.
 */
final class ResponseBatch {
    private static final String IDS = "token ids";
    private static final String POSITIONS = "positions";
    private static final String TARGETS = "targets";

    private final List<int[]> reads = new ArrayList<>();
    private final List<int[]> targets = new ArrayList<>();
    private final List<Integer> owners = new ArrayList<>();

    /** Rows that a prompt with a response takes. */
    static int rows(int promptTokens, int responseTokens) {
        return promptTokens + responseTokens - 1;
    }

    /** Adds one sequence; {@code owner} decides its preference. The prompt has at least one token. */
    void add(int owner, int[] prompt, int[] response) {
        int[] whole = Arrays.copyOf(prompt, prompt.length + response.length);
        System.arraycopy(response, 0, whole, prompt.length, response.length);
        int[] read = Arrays.copyOf(whole, whole.length - 1);
        int[] target = Arrays.copyOfRange(whole, 1, whole.length);
        Arrays.fill(target, 0, prompt.length - 1, LinearLogProb.IGNORED);
        reads.add(read);
        targets.add(target);
        owners.add(owner);
    }

    /** Rows of all sequences, with token ids, positions and targets. */
    HostPass pass() {
        PackedSequences sequences = PackedSequences.ofLengths(reads.stream().mapToInt(read -> read.length).toArray());
        int[] ownerOfRow = Arrays.stream(sequences.sequenceOfToken()).map(owners::get).toArray();
        return new HostPass(sequences, ownerOfRow, new HostArrays().add(IDS, flat(reads)).add(POSITIONS, sequences.positions())
            .add(TARGETS, flat(targets)));
    }

    private static int[] flat(List<int[]> parts) {
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }

    /** Log-probability of every row's target, [rows]; 0 for rows that are asked nothing. */
    static Tensor logProbs(Tape tape, LlamaModel model, Pass pass, Projector projector, Recomputation recomputation) {
        TokenBatch batch = new TokenBatch(pass.sequences(), pass.arrays().get(IDS), pass.arrays().get(POSITIONS));
        return model.logProbs(tape, batch, pass.arrays().get(TARGETS), projector, recomputation);
    }
}
