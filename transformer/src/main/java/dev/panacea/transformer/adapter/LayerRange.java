package dev.panacea.transformer.adapter;

import dev.panacea.transformer.config.LlamaConfig;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Consecutive layers of a model, counted from 0, both ends included. */
record LayerRange(int first, int last) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})(?:\\s*(-)\\s*(\\d{1,6})?)?");

    /**
     * The layers that {@code text} names: {@code 3}, {@code 0-3}, {@code 28-} (to the last) or {@code all}.
     *
     * @throws IllegalArgumentException when it has another form or leaves the model
     */
    static LayerRange parse(String text, LlamaConfig config) {
        int end = config.layers() - 1;
        if (text.strip().equals("all")) {
            return new LayerRange(0, end);
        }
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("the layer range '" + text + "' has none of the forms 3, 0-3, 28- and all");
        }
        int first = Integer.parseInt(form.group(1));
        int last = form.group(3) != null ? Integer.parseInt(form.group(3)) : form.group(2) != null ? end : first;
        if (first > last || last > end) {
            throw new IllegalArgumentException("the layer range '" + text + "' does not lie within the layers 0-" + end + " of the model");
        }
        return new LayerRange(first, last);
    }
}
