package postern.cf;

/**
 * An {@code H} line.
 *
 * @param name the field's name as written
 * @param template what it expands to, empty if the line only names a check rule set
 * @param flags mailer flags of which one must be set ({@code ?flags?}), empty for none
 * @param macro macro that must have a value ({@code ?${name}?}), 0 for none
 * @param check text that names the check rule set, empty for none
 * @param keepsComments {@code $>+}
 */
public record HeaderLine(
    String name, String template, String flags, int macro, String check, boolean keepsComments) {}
