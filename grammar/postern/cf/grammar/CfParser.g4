parser grammar CfParser;

options { tokenVocab = CfLexer; }

// Every file is accepted: what is wrong with a line is found, and said in the words of the field,
// when its kind is known. So the grammar has no error of its own to report.

file : record* EOF ;

// One token tells each alternative from the next (what is behind a tab may be empty), so that
// ANTLR never has to look further ahead: that would cost half of a short command's time.

record
    : RULE side ( TABS side )* END   # ruleLine
    | kind text END                  # plainLine
    ;

kind
    : RULE_SET | MACRO | CLASS | CLASS_FILE | TRUSTED | MAP | OPTION | HEADER | MAILER
    | PRECEDENCE | VERSION | ENVIRONMENT | QUEUE_GROUP | FILTER | UNKNOWN | STRAY
    ;

// One side of a rule, or the remark behind it.
side
    : ( TEXT | REFERENCE | DOLLAR_DOLLAR | LONE_DOLLAR | UNCLOSED
      | BACKSLASH | ESCAPED_HASH | COMMENT | CONTINUATION )*
    ;

text
    : ( TEXT | REFERENCE | DOLLAR_DOLLAR | LONE_DOLLAR | UNCLOSED
      | BACKSLASH | ESCAPED_HASH | COMMENT | CONTINUATION | TABS )*
    ;
