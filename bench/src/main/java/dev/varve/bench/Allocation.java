package dev.varve.bench;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/// What another Java process has allocated, and what of it is still in use, asked over its local management agent.
final class Allocation implements AutoCloseable {
  /// What the process has to be started with: a server of Helidon refuses all that is serialised, questions of the
  /// management agent included.
  static final List<String> FLAGS = List.of("-Dhelidon.serialFilter.missing.action=ignore");

  private final JMXConnector connector;
  private final MBeanServerConnection server;
  private final ObjectName threads;
  private final ObjectName memory;

  @SuppressWarnings("BanJNDI") // the address is that of a process which this one has started
  Allocation(long pid) {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        this.connector =
            JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
      } finally {
        machine.detach();
      }
      this.server = connector.getMBeanServerConnection();
      this.threads = new ObjectName("java.lang:type=Threading");
      this.memory = new ObjectName("java.lang:type=Memory");
    } catch (AttachNotSupportedException | IOException | JMException e) {
      throw new IllegalStateException("Process " + pid + " cannot be asked what it allocates", e);
    }
  }

  /// So far, by all threads.
  long bytes() {
    try {
      return (Long) server.getAttribute(threads, "TotalThreadAllocatedBytes");
    } catch (IOException | JMException e) {
      throw new IllegalStateException("The process does not tell what it has allocated", e);
    }
  }

  /// What is in use of the heap, after a collection.
  long heapBytes() {
    try {
      server.invoke(memory, "gc", null, null);
      CompositeData usage = (CompositeData) server.getAttribute(memory, "HeapMemoryUsage");
      return (Long) usage.get("used");
    } catch (IOException | JMException e) {
      throw new IllegalStateException("The process does not tell what is on its heap", e);
    }
  }

  @Override
  public void close() {
    try {
      connector.close();
    } catch (IOException _) {
      // the process may have ended
    }
  }
}
