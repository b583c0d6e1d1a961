import { describe, expect, it } from '@jest/globals';
import { asParameter } from '@visapi/backend-messaging';
import { issueCatalogue, textOfIssue } from './issue-catalogue.js';

/** What Visanet's staff can file, as its interface names it. */
const filed = {
  face_photo: {
    header: '📸 תמונת פנים',
    codes: `additional_people black_and_white_face blurred_photo eyes_not_at_camera_level face_cut_on_sides_top
      hair_hiding_the_face head_body_not_straight not_white_background photo_from_passport photo_is_missing
      shadow_light_on_face shoulder_line_missing unnatural_facial_expression with_accessories with_glasses
      with_tank_top without_shirt wrong_photo`,
  },
  passport_photo: {
    header: '🛂 תצלום דרכון',
    codes: `black_and_white_pass blurred_passport code_hidden_at_bottom cut_on_sides need_2_passport_pages not_straight
      passport_missing suspected_wrong_details with_shadow_light wrong_passport`,
  },
  business: {
    header: '💼 מסמכים עסקיים',
    codes: 'card_not_in_english letter_not_in_english missing_business_card missing_invitation_letter',
  },
  passport_expiry: {
    header: '⏰ תוקף דרכון',
    codes: `expired_passport passport_5_years_or_less passport_not_biometric temporary_passport
      valid_less_than_6_months`,
  },
  application_details: {
    header: '📋 פרטי בקשה',
    codes: 'born_in_iran born_in_iraq criminal_record past_rejection visit_in_cuba',
  },
};

const everyText = issueCatalogue.flatMap(({ texts }) => Object.entries(texts));

describe('the catalogue of issues', () => {
  it('has every category and code that can be filed, and no other', () => {
    const wanted = Object.entries(filed).map(([category, { header, codes }]) => [
      category,
      header,
      codes.split(/\s+/),
    ]);
    expect(
      issueCatalogue.map(({ category, header, texts }) => [category, header, Object.keys(texts)]),
    ).toEqual(wanted);
    expect(everyText).toHaveLength(42);
  });

  it('says of each code one thing, and of no two the same', () => {
    expect(new Set(everyText.map(([code]) => code)).size).toBe(everyText.length);
    expect(new Set(everyText.map(([, text]) => text)).size).toBe(everyText.length);
  });

  it('says nothing of codes it does not know', () => {
    for (const code of ['', 'sunburn', 'constructor', '__proto__', 'WITH_GLASSES'])
      expect(textOfIssue(code)).toBeUndefined();
  });

  it.each(everyText)('says of %s in short, polite Hebrew what to do', (_code, text) => {
    const longest = text.replaceAll('{country}', 'ערב הסעודית');
    expect(longest.length).toBeLessThanOrEqual(110);
    expect(longest).toMatch(/נא (לשלוח|לבדוק|ליצור איתנו קשר).*\.$/);
    expect(longest).not.toMatch(/[{}\n\t]| {2}/);
    expect(longest).not.toMatch(/[A-Za-z]/);
    expect(asParameter(longest)).toBe(longest);
  });

  it.each([
    'passport_5_years_or_less',
    'passport_not_biometric',
    'past_rejection',
    ...Object.keys(issueCatalogue[2]!.texts),
  ])('names the country of the order for %s, whichever it is', (code) => {
    expect(textOfIssue(code)).toContain('ל{country}');
  });
});
