package postern.cf.mc;

/**
 * A {@code define} that was in force at the end of the file.
 *
 * @param name {@code confCACERT}
 * @param value its value with every macro in it expanded
 * @param place the name, where it was defined last
 */
public record McDefine(String name, String value, McPlace place) {}
