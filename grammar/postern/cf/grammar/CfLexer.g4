lexer grammar CfLexer;

// A configuration file is line-oriented: the first character of a line says what it is, and a line
// that begins with a blank continues the one before. Inside a line the grammar knows metasymbols
// ($x, ${name}, $=x ...), comments and tabs; what is literal text stays text, because the operator
// characters that split it are configurable.

COMMENT_LINE : '#' ~[\n]* ( '\n' [ \t] ~[\n]* )* -> skip ;
EMPTY_LINE   : '\n' -> skip ;
STRAY        : '\n' [ \t] -> pushMode(LINE) ;   // an empty line that is continued is no empty line
RULE         : 'R' -> pushMode(LINE) ;
RULE_SET     : 'S' -> pushMode(LINE) ;
MACRO        : 'D' -> pushMode(LINE) ;
CLASS        : 'C' -> pushMode(LINE) ;
CLASS_FILE   : 'F' -> pushMode(LINE) ;
TRUSTED      : 'T' -> pushMode(LINE) ;
MAP          : 'K' -> pushMode(LINE) ;
OPTION       : 'O' -> pushMode(LINE) ;
HEADER       : 'H' -> pushMode(LINE) ;
MAILER       : 'M' -> pushMode(LINE) ;
PRECEDENCE   : 'P' -> pushMode(LINE) ;
VERSION      : 'V' -> pushMode(LINE) ;
ENVIRONMENT  : 'E' -> pushMode(LINE) ;
QUEUE_GROUP  : 'Q' -> pushMode(LINE) ;
FILTER       : 'X' -> pushMode(LINE) ;
UNKNOWN      : ~[\n] -> pushMode(LINE) ;

mode LINE;
CONTINUATION  : '\n' {_input.LA(1) == ' ' || _input.LA(1) == '\t'}? ;
END           : ( '\n' | EOF ) -> popMode ;
TABS          : '\t'+ ;
ESCAPED_HASH  : '\\#' ;
BACKSLASH     : '\\' ;
COMMENT       : '#' ~[\n]* ;
DOLLAR_DOLLAR : '$$' ;
REFERENCE     : '$' [=~&?]? ( '{' ~[}\n]* '}' | ~[\n] ) ;
UNCLOSED      : '$' [=~&?]? '{' ~[}\n]* ;
LONE_DOLLAR   : '$' ;
TEXT          : ~[$#\\\t\n]+ ;
