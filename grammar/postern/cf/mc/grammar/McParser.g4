parser grammar McParser;

options { tokenVocab = McLexer; }

// Total: McTokens sees to it that every CALL and QUOTE is closed, so there is no text that does not parse.

file     : element* EOF ;

element  : quoted | call | name | DNL | text=( OPEN | CLOSE | COMMA | NEWLINE | BLANK | TEXT ) ;

quoted   : QUOTE ( QUOTED_TEXT | quoted )* UNQUOTE ;

call     : CALL OPEN argument ( COMMA argument )* CLOSE ;

argument : part* ;

part     : quoted | call | name | group | DNL | text=( NEWLINE | BLANK | TEXT ) ;

// Brackets inside an argument belong together, and commas between them do not end it.
group    : OPEN ( part | COMMA )* CLOSE ;

name     : NAME ;
