package dev.panacea.data.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** One turn of a conversation, read from {@code role}/{@code content} or from ShareGPT's {@code from}/{@code value}. */
record Turn(Role role, String text) {

    enum Role { SYSTEM, USER, ASSISTANT }

    /** The turns in {@code value}: an array of turns, or one turn. */
    static List<Turn> parse(Row row, String field, JsonNode value) {
        if (value.isObject()) {
            return List.of(parseOne(row, field, value));
        }
        if (!value.isArray()) {
            throw row.wrongType(field, value, "a turn or a list of turns");
        }
        List<Turn> turns = new ArrayList<>();
        for (JsonNode turn : value) {
            turns.add(parseOne(row, field, turn));
        }
        return turns;
    }

    private static Turn parseOne(Row row, String field, JsonNode turn) {
        boolean shareGpt = turn.has("from");
        JsonNode role = turn.path(shareGpt ? "from" : "role");
        JsonNode text = turn.path(shareGpt ? "value" : "content");
        if (!role.isTextual() || !text.isTextual()) {
            throw row.fault("the field '" + field + "' has a turn without role and content (or from and value) as strings");
        }
        return new Turn(role(row, field, role.textValue()), text.textValue());
    }

    private static Role role(Row row, String field, String name) {
        return switch (name) {
            case "system" -> Role.SYSTEM;
            case "user", "human" -> Role.USER;
            case "assistant", "gpt" -> Role.ASSISTANT;
            default -> throw row.fault("the field '" + field + "' has a turn of role '" + Excerpt.of(name)
                + "', which is none of system, user (human) and assistant (gpt)");
        };
    }
}
