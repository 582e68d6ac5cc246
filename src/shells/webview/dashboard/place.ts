import { nothing } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/** CSS properties by name, such as `left` and `width`. */
type Styles = Readonly<Record<string, string>>;

/**
 * Sets styles of an element through its style object. A `style` attribute, which lit's own directive writes at first, is
 * refused by the page's policy.
 */
class PlaceDirective extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('place() stands in an element, not in an attribute.');
  }

  render(_: Styles): typeof nothing {
    return nothing;
  }

  override update({ element }: ElementPart, [styles]: [Styles]): typeof nothing {
    const { style } = element as HTMLElement;
    for (const [name, value] of Object.entries(styles)) {
      if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
    }
    return nothing;
  }
}

/** Places an element: `html\`<li ${place({ left: '4px' })}>\``. */
export const place = directive(PlaceDirective);
