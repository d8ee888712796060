package dev.panacea.objective;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.logprob.LinearLogProb;
import dev.panacea.runtime.Buffer;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.RowProjector;
import dev.panacea.transformer.model.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prompts with their responses, packed. Row t of a sequence reads its token t and is asked for token t + 1, when that belongs
 * to the response; a sequence's last token is asked for but never read.
 */
final class ResponseBatch {
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

    PackedSequences sequences() {
        return PackedSequences.ofLengths(reads.stream().mapToInt(read -> read.length).toArray());
    }

    /** Log-probability of every row's target, [rows]; 0 for rows that are asked nothing. */
    Tensor logProbs(Tape tape, LlamaModel model, RowProjector policy, Recomputation recomputation) {
        PackedSequences sequences = sequences();
        TokenBatch batch = TokenBatch.of(tape.scope(), sequences, flat(reads));
        Buffer asked = TokenBatch.upload(tape.scope(), "targets", flat(targets));
        int[] ownerOfRow = Arrays.stream(sequences.sequenceOfToken()).map(owners::get).toArray();
        return model.logProbs(tape, batch, asked, policy.forRows(tape, ownerOfRow), recomputation);
    }

    private static int[] flat(List<int[]> parts) {
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
