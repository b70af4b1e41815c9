"""Names that the array cannot have, since C, C++, their libraries, tools or systems give them another meaning.

Families of names are in :mod:`fall.tflite.embedded.names`.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# C11 6.4.1 and C23 6.4.1, with common extensions.
C_KEYWORDS = _words(
    """
    alignas alignof asm auto bool break case char const constexpr continue default do double else enum extern
    false float for fortran goto if inline int long nullptr register restrict return short signed sizeof static
    static_assert struct switch thread_local true typedef typeof typeof_unqual union unsigned void volatile
    while
    """
)

# C++20, lex.key and lex.digraph, and the identifiers with special meaning.
CPP_KEYWORDS = _words(
    """
    and and_eq asm bitand bitor catch char16_t char32_t char8_t class co_await co_return co_yield compl concept
    const_cast consteval constinit decltype delete dynamic_cast explicit export final friend import module
    mutable namespace new noexcept not not_eq operator or or_eq override private protected public
    reinterpret_cast requires static_cast template this throw try typeid typename using virtual wchar_t xor
    xor_eq
    """
)

# C11 7.12 and 7.3: each exists for several types, as sinf and sinl; some are builtins of GCC alone.
MATH_FUNCTIONS = _words(
    """
    acos acosh asin asinh atan atan2 atanh cabs cacos cacosh carg casin casinh catan catanh cbrt ccos ccosh ceil
    cexp cimag clog clog10 conj copysign cos cosh cpow cproj creal csin csinh csqrt ctan ctanh drem erf erfc exp
    exp10 exp2 expm1 fabs fdim finite floor fma fmax fmin fmod frexp gamma hypot ilogb isinf isnan j0 j1 jn
    ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward
    pow pow10 remainder remquo rint round roundeven scalb scalbln scalbn signbit significand sin sincos sinh
    sqrt tan tanh tgamma trunc y0 y1 yn
    """
)

# C11 annex B and C23's additions: their identifiers have external linkage, and GCC refuses another use of most.
LIBRARY_NAMES = _words(
    """
    L_ctermid L_tmpnam P_tmpdir abort abs aligned_alloc alloca asctime asctime_r assert at_quick_exit atexit
    atof atoi atol atoll
    bcmp bcopy bsearch btowc bzero c16rtomb c32rtomb call_once calloc clearerr clock complex ctime ctime_r
    dcgettext dgettext difftime div errno execl execle execlp execv execve execvp exit fclose feclearexcept
    fegetenv fegetexceptflag fegetround feholdexcept feof feraiseexcept ferror fesetenv fesetexceptflag
    fesetround fetestexcept feupdateenv fflush ffs ffsimax ffsl ffsll fgetc fgetpos fgets fgetwc fgetws fopen
    fork fpclassify fprintf fputc fputs fputwc fputws fread free free_aligned_sized free_sized freopen fscanf
    fseek fsetpos ftell fwide fwprintf fwrite fwscanf getc getchar getenv gettext getwc getwchar gmtime gmtime_r
    imaginary imaxabs imaxdiv index isalnum isalpha isascii isblank iscntrl isdigit isfinite isgraph isgreater
    isgreaterequal isless islessequal islessgreater islower isnormal isprint ispunct isspace isunordered isupper
    iswalnum iswalpha iswblank iswcntrl iswctype iswdigit iswgraph iswlower iswprint iswpunct iswspace iswupper
    iswxdigit isxdigit jmp_buf kill_dependency labs ldiv llabs lldiv localeconv localtime localtime_r longjmp
    main malloc math_errhandling mblen mbrlen mbrtoc16 mbrtoc32 mbrtowc mbsinit mbsrtowcs mbstowcs mbtowc
    memccpy memchr memcmp memcpy memmove memory_order mempcpy memset memset_explicit mktime noreturn offsetof once_flag
    perror posix_memalign printf putc putchar puts putwc putwchar qsort quick_exit raise rand realloc remove
    rename rewind rindex scanf setbuf setjmp setlocale setvbuf signal snprintf sprintf srand sscanf stderr stdin
    stdout stpcpy stpncpy strcasecmp strcat strchr strcmp strcoll strcpy strcspn strdup strerror strfmon
    strftime strlen strncasecmp strncat strncmp strncpy strndup strnlen strpbrk strrchr strspn strstr strtod
    strtof strtoimax strtok strtol strtold strtoll strtoul strtoull strtoumax strxfrm swprintf swscanf system
    time timegm timespec_get timespec_getres tmpfile tmpnam toascii tolower toupper towctrans towlower towupper
    ungetc ungetwc unreachable va_arg va_copy va_end va_list va_start vfprintf vfscanf vfwprintf vfwscanf
    vprintf vscanf vsnprintf vsprintf vsscanf vswprintf vswscanf vwprintf vwscanf wcrtomb wcscat wcschr wcscmp
    wcscoll wcscpy wcscspn wcsftime wcslen wcsncat wcsncmp wcsncpy wcspbrk wcsrchr wcsrtombs wcsspn wcsstr
    wcstod wcstof wcstoimax wcstok wcstol wcstold wcstoll wcstombs wcstoul wcstoull wcstoumax wcsxfrm wctob
    wctomb wctrans wctype wmemchr wmemcmp wmemcpy wmemmove wmemset wprintf wscanf
    """
)

# Functions that C libraries call, macros of compilers, and what the example and the frameworks of boards define.
PLATFORM_NAMES = _words(
    """
    Serial abort accept access alarm analogRead analogWrite attachInterrupt bind bit bitClear bitRead bitSet
    bitWrite boolean brk byte chdir chmod close connect constrain degrees delay delayMicroseconds
    detachInterrupt digitalRead digitalWrite dup dup2 environ execve fcntl fork fstat getpid gettimeofday
    highByte i386 interrupts ioctl isatty kill link linux listen loop lowByte lseek map max micros millis min
    mkdir nanosleep noInterrupts noTone open pinMode pipe poll pulseIn radians random randomSeed read recv rmdir
    sbrk select send setup shutdown sleep socket sq stat std sync tflite times tone truncate unix unlink usleep
    wait waitpid word write yield
    """
)

# A header "string.h" of ours would be found in place of <string.h>; and Windows has no file "con.h".
HEADER_FILES = _words(
    """
    alloca arduino assert byteswap complex ctype dirent elf endian errno fcntl features fenv float getopt
    inttypes iso646 libgen libintl limits locale malloc math memory netdb poll pthread regex sched search
    semaphore setjmp signal stdalign stdarg stdatomic stdbit stdbool stdc_predef stdckdint stddef stdint stdio
    stdlib stdnoreturn string strings syslog termios tgmath threads time uchar ucontext unistd utime values wait
    wchar wctype
    """
)
DEVICE_FILES = _words(
    """
    aux com1 com2 com3 com4 com5 com6 com7 com8 com9 con lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9 nul prn
    """
)
