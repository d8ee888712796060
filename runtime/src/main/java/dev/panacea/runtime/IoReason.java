package dev.panacea.runtime;

import java.io.IOException;

/** Why a file could not be used, in the words of a sentence: many an {@link IOException} has only the file's name for a message. */
public final class IoReason {
    private IoReason() { }

    /** Such as {@code NoSuchFile: folder/file}. */
    public static String of(IOException e) {
        String kind = e.getClass().getSimpleName().replaceFirst("Exception$", "");
        return e.getMessage() == null ? kind : kind + ": " + e.getMessage();
    }
}
