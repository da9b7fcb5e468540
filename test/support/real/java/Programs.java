import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Usage: Programs. Runs one program after the other in this JVM, by the name of its class, until standard input ends:
 * most of the time of a small program goes into starting a JVM. A request is its number of strings, then each with its
 * length in front (32 bits): the class, the arguments, and last what the program reads from standard input. The answer
 * is 0 or 1 (failed), the length, and what the program printed, or the stack trace.
 */
public final class Programs {
  public static void main(String[] args) throws Exception {
    var in = new DataInputStream(new BufferedInputStream(System.in));
    var out = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
    for (int count = nextCount(in); count > 0; count = nextCount(in)) {
      String name = new String(next(in), StandardCharsets.UTF_8);
      String[] arguments = new String[count - 2];
      for (int i = 0; i < arguments.length; i++) arguments[i] = new String(next(in), StandardCharsets.UTF_8);
      System.setIn(new ByteArrayInputStream(next(in)));
      var printed = new ByteArrayOutputStream();
      boolean failed = false;
      System.setOut(new PrintStream(printed, false, "UTF-8"));
      try {
        Class.forName(name).getMethod("main", String[].class).invoke(null, (Object) arguments);
        System.out.flush();
      } catch (Throwable error) {
        failed = true;
        printed.reset();
        error.printStackTrace(new PrintStream(printed, true, "UTF-8"));
      }
      out.writeByte(failed ? 1 : 0);
      out.writeInt(printed.size());
      printed.writeTo(out);
      out.flush();
    }
    // Producers that programs left open have threads of their own.
    Runtime.getRuntime().halt(0);
  }

  private static int nextCount(DataInputStream in) throws Exception {
    try {
      return in.readInt();
    } catch (EOFException end) {
      return 0;
    }
  }

  private static byte[] next(DataInputStream in) throws Exception {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
