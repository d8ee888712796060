package dev.panacea.reward;

import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import java.util.ArrayList;
import java.util.List;

/** Preference pairs out of a model's own responses: two to a prompt, compared by rewards. */
public final class SampledPairs {
    private SampledPairs() { }

    /** A prompt and its two responses. */
    public record Candidate(String prompt, String response0, String response1) { }

    /**
     * Labels candidates: in each dimension the response with the larger score is better, and equal scores do not judge.
     * Candidates with equal or blank responses, or that no dimension judges, are left out.
     */
    public static PreferenceSet label(List<Candidate> candidates, List<Reward> rewards) {
        List<PreferencePair> pairs = new ArrayList<>();
        for (int index = 0; index < candidates.size(); index++) {
            Candidate candidate = candidates.get(index);
            byte[] labels = labels(candidate, rewards);
            if (usable(candidate) && judged(labels)) {
                pairs.add(new PreferencePair("sample-" + index, candidate.prompt, candidate.response0, candidate.response1, labels));
            }
        }
        return new PreferenceSet(rewards.stream().map(Reward::dimension).toList(), pairs);
    }

    private static boolean usable(Candidate candidate) {
        return !candidate.response0.equals(candidate.response1) && !candidate.response0.isBlank() && !candidate.response1.isBlank();
    }

    private static boolean judged(byte[] labels) {
        for (byte label : labels) {
            if (label != 0) {
                return true;
            }
        }
        return false;
    }

    private static byte[] labels(Candidate candidate, List<Reward> rewards) {
        byte[] labels = new byte[rewards.size()];
        for (int i = 0; i < labels.length; i++) {
            double first = rewards.get(i).score(candidate.prompt, candidate.response0);
            double second = rewards.get(i).score(candidate.prompt, candidate.response1);
            labels[i] = (byte) (first > second ? 1 : first < second ? -1 : 0);
        }
        return labels;
    }
}
