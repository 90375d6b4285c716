package postern.arch;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The arrows of the package diagram in docs/architecture.md. A new arrow is drawn there and here.
 */
@AnalyzeClasses(packages = "postern", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  // spotless:off
  @ArchTest
  static final ArchRule arrows =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("postern..")
          .layer("source").definedBy("postern.source")
          .layer("text").definedBy("postern.text")
          .layer("map").definedBy("postern.map..")
          .layer("rule").definedBy("postern.rule..")
          .layer("cf").definedBy("postern.cf..")
          .layer("policy").definedBy("postern.policy..")
          .layer("tls").definedBy("postern.tls..")
          .layer("sasl").definedBy("postern.sasl..")
          .layer("smtp").definedBy("postern.smtp")
          .layer("server").definedBy("postern.smtp.server..")
          .layer("client").definedBy("postern.smtp.client..")
          .layer("queue").definedBy("postern.queue..")
          .layer("gateway").definedBy("postern.gateway..")
          .layer("offline").definedBy("postern.offline..")
          .layer("cli").definedBy("postern.cli..")
          .whereLayer("source").mayNotAccessAnyLayer()
          .whereLayer("text").mayNotAccessAnyLayer()
          .whereLayer("smtp").mayNotAccessAnyLayer()
          .whereLayer("map").mayOnlyAccessLayers("source", "text")
          .whereLayer("rule").mayOnlyAccessLayers("source", "text", "map")
          .whereLayer("cf").mayOnlyAccessLayers("source", "text", "map", "rule")
          .whereLayer("policy").mayOnlyAccessLayers("source", "text", "map", "rule", "cf")
          .whereLayer("sasl").mayOnlyAccessLayers("source")
          .whereLayer("tls").mayOnlyAccessLayers("source", "policy")
          .whereLayer("server").mayOnlyAccessLayers("smtp", "policy", "tls")
          .whereLayer("client").mayOnlyAccessLayers("smtp", "policy", "tls")
          .whereLayer("queue").mayOnlyAccessLayers("smtp")
          .whereLayer("gateway").mayOnlyBeAccessedByLayers("cli")
          .whereLayer("offline").mayOnlyAccessLayers("source", "text", "map", "rule", "cf", "policy")
          .whereLayer("offline").mayOnlyBeAccessedByLayers("cli")
          .whereLayer("cli").mayNotBeAccessedByAnyLayer()
          .ensureAllClassesAreContainedInArchitecture();
  // spotless:on

  @ArchTest
  static final ArchRule noCycles = slices().matching("postern.(**)").should().beFreeOfCycles();
}
