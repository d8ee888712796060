package dev.panacea.transformer.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.transformer.config.ConfigTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A byte-level BPE vocabulary. Ids: the special tokens, then the 256 bytes, then one token for each merge, in order.
 *
 * @param merges pairs of ids that become the next token
 */
public record BytePairVocabulary(List<String> specialTokens, List<Merge> merges) {

    /** Two neighbouring tokens that become one. */
    public record Merge(int left, int right) { }

    public BytePairVocabulary {
        specialTokens = List.copyOf(specialTokens);
        merges = List.copyOf(merges);
    }

    /** Number of tokens. */
    public int size() {
        return specialTokens.size() + ByteAlphabet.SIZE + merges.size();
    }

    /**
     * Writes a {@code tokenizer.json} that the Hugging Face libraries and {@link Tokenizer} load.
     *
     * @param beginOfSequence the special token to put before every text, if any
     * @throws IllegalArgumentException when that is none of the special tokens
     */
    public void write(Path file, Optional<String> beginOfSequence) {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = 0; id < specialTokens.size(); id++) {
            added.addObject().put("id", id).put("content", specialTokens.get(id)).put("single_word", false).put("lstrip", false)
                .put("rstrip", false).put("normalized", false).put("special", true);
        }
        root.putNull("normalizer");
        byteLevel(root.putObject("pre_tokenizer"));
        root.putNull("post_processor");
        beginOfSequence.ifPresent(token -> template(root.putObject("post_processor"), token));
        byteLevel(root.putObject("decoder"));
        model(root.putObject("model"));
        ConfigTree.write(root, file);
    }

    private static void byteLevel(ObjectNode step) {
        step.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", true);
    }

    private void template(ObjectNode step, String begin) {
        int id = specialTokens.indexOf(begin);
        if (id < 0) {
            throw new IllegalArgumentException("'" + begin + "' is none of the special tokens " + specialTokens);
        }
        step.put("type", "TemplateProcessing");
        templateOf(step.putArray("single"), begin, "A");
        templateOf(templateOf(step.putArray("pair"), begin, "A"), begin, "B");
        ObjectNode token = step.putObject("special_tokens").putObject(begin).put("id", begin);
        token.putArray("ids").add(id);
        token.putArray("tokens").add(begin);
    }

    private static ArrayNode templateOf(ArrayNode template, String begin, String sequence) {
        int type = sequence.equals("A") ? 0 : 1;
        template.addObject().putObject("SpecialToken").put("id", begin).put("type_id", type);
        template.addObject().putObject("Sequence").put("id", sequence).put("type_id", type);
        return template;
    }

    private void model(ObjectNode model) {
        model.put("type", "BPE").putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix")
            .putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        List<String> tokens = tokens();
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            vocabulary.put(tokens.get(id), id);
        }
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(merge -> pairs.add(tokens.get(merge.left()) + " " + tokens.get(merge.right())));
    }

    /** Every token as a tokenizer.json spells it, by id. */
    private List<String> tokens() {
        List<String> tokens = new ArrayList<>(specialTokens);
        for (int value = 0; value < ByteAlphabet.SIZE; value++) {
            tokens.add(ByteAlphabet.letter(value));
        }
        merges.forEach(merge -> tokens.add(tokens.get(merge.left()) + tokens.get(merge.right())));
        return tokens;
    }
}
