lexer grammar McLexer;

// The .mc language is m4's: words, quotes `…' that nest, calls NAME(argument, …) with the bracket right behind the
// name, and dnl, which swallows the rest of its line. Everything else is text. A # hides nothing from m4.
//
// CALL is no token of the text: McTokens makes it of a NAME whose bracket closes again.

tokens { CALL }

DNL         : 'dnl' ( ~[A-Za-z0-9_\r\n] ~[\r\n]* )? NL? ;
NAME        : [A-Za-z_] [A-Za-z0-9_]* ;
OPEN        : '(' ;
CLOSE       : ')' ;
COMMA       : ',' ;
QUOTE       : '`' -> pushMode(QUOTED) ;
NEWLINE     : NL ;
BLANK       : [ \t]+ ;
TEXT        : ~[A-Za-z_(),` \t\r\n]+ | '\r' ;

fragment NL : '\r'? '\n' ;

mode QUOTED;

DEEPER      : '`' -> type(QUOTE), pushMode(QUOTED) ;
UNQUOTE     : '\'' -> popMode ;
QUOTED_TEXT : ~[`']+ ;
