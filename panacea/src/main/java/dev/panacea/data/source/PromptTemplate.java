package dev.panacea.data.source;

import dev.panacea.runtime.BadInputException;
import java.util.List;

/**
 * How a prompt becomes the text before a response. Each of {@code system}, {@code user} and {@code assistant} contains "{input}" once
 * and writes one turn; {@code opening} stands first. The prompt ends with what the assistant's turn has before its input; blanks there
 * go to the response, because tokenizers join a blank with the word that follows it.
 */
public record PromptTemplate(String opening, String system, String user, String assistant) {

    /** What a turn's text replaces. */
    public static final String INPUT = "{input}";

    /** The prompt as it is in the file. */
    public static final PromptTemplate VERBATIM = new PromptTemplate("", INPUT + "\n\n", INPUT, INPUT);

    /** "\n\nHuman: … \n\nAssistant: …", the form of HH-RLHF. */
    public static final PromptTemplate DIALOGUE = new PromptTemplate("", INPUT, "\n\nHuman: " + INPUT, "\n\nAssistant: " + INPUT);

    /** The form of Safe RLHF (Dai et al. 2023). */
    public static final PromptTemplate SAFE_RLHF =
        new PromptTemplate("BEGINNING OF CONVERSATION: ", INPUT + " ", "USER: " + INPUT + " ", "ASSISTANT:" + INPUT);

    public PromptTemplate {
        requireInput("system", system);
        requireInput("user", user);
        requireInput("assistant", assistant);
    }

    private static void requireInput(String role, String turn) {
        int first = turn.indexOf(INPUT);
        if (first < 0 || turn.indexOf(INPUT, first + 1) >= 0) {
            throw new BadInputException("The prompt template's " + role + " turn must contain " + INPUT + " once, not \"" + turn + "\".");
        }
    }

    /** The prompt of one user turn. */
    public String prompt(String text) {
        return opening + user.replace(INPUT, text) + cue().stripTrailing();
    }

    String prompt(List<Turn> turns) {
        StringBuilder prompt = new StringBuilder(opening);
        for (Turn turn : turns) {
            prompt.append(form(turn.role()).replace(INPUT, turn.text()));
        }
        return prompt.append(cue().stripTrailing()).toString();
    }

    /** A response as it follows a prompt. */
    public String response(String text) {
        String cue = cue();
        return cue.substring(cue.stripTrailing().length()) + text;
    }

    private String cue() {
        return assistant.substring(0, assistant.indexOf(INPUT));
    }

    private String form(Turn.Role role) {
        return switch (role) {
            case SYSTEM -> system;
            case USER -> user;
            case ASSISTANT -> assistant;
        };
    }
}
