parser grammar CfParser;

options { tokenVocab = CfLexer; }

// Every file is accepted: what is wrong with a line is found, and said in the words of the field,
// when its kind is known. So the grammar has no error of its own to report.

file : record* EOF ;

record
    : RULE side ( TABS side )* TABS? END  # ruleLine
    | kind text END                       # plainLine
    ;

kind
    : RULE_SET | MACRO | CLASS | CLASS_FILE | TRUSTED | MAP | OPTION | HEADER | MAILER
    | PRECEDENCE | VERSION | ENVIRONMENT | QUEUE_GROUP | FILTER | UNKNOWN | STRAY
    ;

// One side of a rule, or the remark behind it.
side : piece* ;

text : ( piece | TABS )* ;

piece
    : TEXT | REFERENCE | DOLLAR_DOLLAR | LONE_DOLLAR | UNCLOSED
    | BACKSLASH | ESCAPED_HASH | COMMENT | CONTINUATION
    ;
