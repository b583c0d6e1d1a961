/** A kind of defect and what its applicant is told, by code. `{country}` stands for the destination in Hebrew. */
export interface IssueCategory {
  readonly category: string;
  readonly header: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** Above the list when its issues are of several categories. */
export const mixedHeader = 'בעיות במסמכים';

const facePhoto: IssueCategory = {
  category: 'face_photo',
  header: '📸 תמונת פנים',
  texts: {
    additional_people: 'בתמונה מופיעים אנשים נוספים. נא לשלוח תמונה שבה מופיע אדם אחד בלבד.',
    black_and_white_face: 'תמונת הפנים היא בשחור-לבן. נא לשלוח תמונה צבעונית.',
    blurred_photo: 'תמונת הפנים מטושטשת. נא לשלוח תמונה חדה וברורה.',
    eyes_not_at_camera_level: 'העיניים אינן בגובה המצלמה. נא לשלוח תמונה חדשה שצולמה בגובה העיניים.',
    face_cut_on_sides_top: 'הפנים חתוכות בצדדים או למעלה. נא לשלוח תמונה שבה רואים את הראש כולו.',
    hair_hiding_the_face: 'השיער מסתיר חלק מהפנים. נא לשלוח תמונה בשיער אסוף, שבה הפנים גלויות לגמרי.',
    head_body_not_straight: 'הראש או הגוף אינם ישרים. נא לשלוח תמונה ישרה, עם הפנים אל המצלמה.',
    not_white_background: 'הרקע בתמונה אינו לבן. נא לשלוח תמונה על רקע לבן וחלק.',
    photo_from_passport: 'התמונה צולמה מתוך הדרכון. נא לשלוח תמונת פנים חדשה, שלא צולמה ממסמך.',
    photo_is_missing: 'תמונת הפנים חסרה. נא לשלוח תמונת פנים צבעונית על רקע לבן.',
    shadow_light_on_face: 'יש צל או אור חזק על הפנים. נא לשלוח תמונה בתאורה אחידה, ללא צל או סינוור.',
    shoulder_line_missing: 'קו הכתפיים אינו נראה בתמונה. נא לשלוח תמונה שבה רואים את הראש ואת הכתפיים.',
    unnatural_facial_expression:
      'הבעת הפנים אינה טבעית. נא לשלוח תמונה בהבעה רגועה, בפה סגור ובעיניים פקוחות.',
    with_accessories: 'בתמונה יש אביזרים. נא לשלוח תמונה ללא אביזרים, כגון כובע, תכשיטים או אוזניות.',
    with_glasses: 'התמונה צולמה עם משקפיים. נא לשלוח תמונה ללא משקפיים.',
    with_tank_top: 'התמונה צולמה בגופייה. נא לשלוח תמונה בחולצה עם שרוולים.',
    without_shirt: 'התמונה צולמה ללא חולצה. נא לשלוח תמונה בחולצה עם שרוולים.',
    wrong_photo: 'התמונה שנשלחה אינה התמונה הנכונה. נא לשלוח תמונת פנים עדכנית וברורה.',
  },
};

const passportPhoto: IssueCategory = {
  category: 'passport_photo',
  header: '🛂 תצלום דרכון',
  texts: {
    black_and_white_pass: 'תצלום הדרכון הוא בשחור-לבן. נא לשלוח תצלום צבעוני.',
    blurred_passport: 'תצלום הדרכון מטושטש. נא לשלוח תצלום חד שבו כל הפרטים קריאים.',
    code_hidden_at_bottom: 'הקוד שבתחתית עמוד הדרכון מוסתר. נא לשלוח תצלום שבו הקוד נראה במלואו.',
    cut_on_sides: 'תצלום הדרכון חתוך בצדדים. נא לשלוח תצלום שבו רואים את העמוד כולו.',
    need_2_passport_pages: 'נדרש תצלום של שני עמודי הדרכון. נא לשלוח תצלום שבו רואים את שני העמודים במלואם.',
    not_straight: 'תצלום הדרכון אינו ישר. נא לשלוח תצלום ישר שצולם מלמעלה.',
    passport_missing: 'תצלום הדרכון חסר. נא לשלוח תצלום צבעוני וברור של הדרכון.',
    suspected_wrong_details: 'ייתכן שחלק מפרטי הדרכון שגויים. נא לבדוק אותם ולשלוח תצלום ברור של הדרכון.',
    with_shadow_light: 'יש צל או סינוור בתצלום הדרכון. נא לשלוח תצלום בתאורה אחידה, ללא צל או השתקפות.',
    wrong_passport: 'הדרכון שצולם אינו הדרכון הנכון. נא לשלוח תצלום של הדרכון הנכון.',
  },
};

/** India alone asks for these. */
const business: IssueCategory = {
  category: 'business',
  header: '💼 מסמכים עסקיים',
  texts: {
    card_not_in_english: 'כרטיס הביקור אינו באנגלית. לבקשה ל{country} נא לשלוח כרטיס ביקור באנגלית.',
    letter_not_in_english: 'מכתב ההזמנה אינו באנגלית. לבקשה ל{country} נא לשלוח מכתב הזמנה באנגלית.',
    missing_business_card: 'כרטיס הביקור חסר. לבקשה עסקית ל{country} נא לשלוח כרטיס ביקור באנגלית.',
    missing_invitation_letter: 'מכתב ההזמנה חסר. לבקשה עסקית ל{country} נא לשלוח מכתב הזמנה באנגלית.',
  },
};

const passportExpiry: IssueCategory = {
  category: 'passport_expiry',
  header: '⏰ תוקף דרכון',
  texts: {
    expired_passport: 'תוקף הדרכון פג. נא לשלוח תצלום של דרכון בתוקף.',
    passport_5_years_or_less:
      'הדרכון הונפק ל-5 שנים או פחות. לבקשה ל{country} נדרש ממבוגרים דרכון ל-10 שנים; נא לשלוח תצלום שלו.',
    passport_not_biometric: 'הדרכון אינו ביומטרי. לבקשה ל{country} נא לשלוח תצלום של דרכון ביומטרי.',
    temporary_passport: 'הדרכון שנשלח הוא דרכון זמני. לבקשה ל{country} נא לשלוח תצלום של דרכון רגיל.',
    valid_less_than_6_months:
      'תוקף הדרכון קצר מ-6 חודשים. לבקשה ל{country} נא לשלוח תצלום של דרכון בתוקף ארוך יותר.',
  },
};

/** What an applicant declared: no document repairs it, so these ask to be called upon and promise nothing. */
const applicationDetails: IssueCategory = {
  category: 'application_details',
  header: '📋 פרטי בקשה',
  texts: {
    born_in_iran: 'בבקשה ל{country} צוינה לידה באיראן, והדבר מצריך בירור. נא ליצור איתנו קשר.',
    born_in_iraq: 'בבקשה ל{country} צוינה לידה בעיראק, והדבר מצריך בירור. נא ליצור איתנו קשר.',
    criminal_record: 'בבקשה ל{country} צוין רישום פלילי, והדבר מצריך בירור. נא ליצור איתנו קשר.',
    past_rejection: 'בבקשה ל{country} צוין סירוב קודם, והדבר מצריך בירור. נא ליצור איתנו קשר.',
    visit_in_cuba: 'בבקשה ל{country} צוין ביקור בקובה, והדבר מצריך בירור. נא ליצור איתנו קשר.',
  },
};

/** In the order in which categories are told. */
export const issueCatalogue: readonly IssueCategory[] = [
  facePhoto,
  passportPhoto,
  business,
  passportExpiry,
  applicationDetails,
];

const textsByCode = new Map(issueCatalogue.flatMap(({ texts }) => Object.entries(texts)));

/** Codes are unique over all categories, so a known one is understood wherever it is filed. */
export function textOfIssue(code: string): string | undefined {
  return textsByCode.get(code);
}
